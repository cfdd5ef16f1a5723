"""What AWS refuses though each member by itself is as its model wants it: rules that join several members.

Each rule says where it comes from. Those that need no more than the request stand with the operation's declaration;
those that ask S3 or the registry of images are in the modules `inputs`, `artifacts` and `pulling`. See
docs/decisions/0024.
"""
