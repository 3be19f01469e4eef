"""The crawler: from an outlet's seeds to stories in the archive."""
