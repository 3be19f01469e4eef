"""One small module per outlet."""
