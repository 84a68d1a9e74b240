"""Runs the code of documentation pages once and embeds what it prints, returns and draws."""
