"""The access check: what each role was used for in the end-to-end tests, held against its policy in the template."""
