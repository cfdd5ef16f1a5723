"""The inference workflow and its bulk form: authored with the stepfunctions SDK, kept as ASL beside this file."""
