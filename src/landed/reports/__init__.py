"""Reports: the same findings for a terminal, as Markdown, as JSON and as one HTML file."""
