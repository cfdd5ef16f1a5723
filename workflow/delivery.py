"""Who can ride how far: the one place where a label becomes an assignment."""

ASSIGNMENTS = {"bicycle": "nearby orders", "motorcycle": "distant orders"}
