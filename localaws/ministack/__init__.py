"""MiniStack, which answers for every service but SageMaker: how it is configured, called from inside, and saved.

Its modules are imported at the top here and in localaws.ministack_patches; localaws.__main__ configures it before.
"""
