"""One build after the other, and none lost: two would update one stack, and CodeBuild itself drops what is too many."""
