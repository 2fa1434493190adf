"""The process owner's workshop: drafts, their checks, differences, releases and bundles."""
