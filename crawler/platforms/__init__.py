"""One parent spider per publishing platform (CMS)."""
