"""The reading room: pages for people, JSON for programs; it only reads."""

__all__: list[str] = []
