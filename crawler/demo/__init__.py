"""The sample newsroom: invented outlets on loopback, for the demo and the tests."""
