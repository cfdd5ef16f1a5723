"""How a deployment looks to a person: change sets as tables, progress live, questions where somebody can answer."""
