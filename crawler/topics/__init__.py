"""Topic files and what reads them: the file, its terms, and the filter for whole pages."""
