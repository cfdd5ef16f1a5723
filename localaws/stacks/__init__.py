"""CloudFormation's role: a stack is changed under the role that it was given, which is asked for each resource."""
