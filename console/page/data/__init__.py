"""Readers over AWS's APIs for the page; nothing here knows how it is shown."""
