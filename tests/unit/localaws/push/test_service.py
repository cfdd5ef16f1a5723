"""CodeCommit's API over the repositories on disk."""

from typing import Any

from localaws.aws import Aws
from localaws.push import repository


def test_a_repository_is_described_listed_and_deleted_under_one_id(aws: Aws, call: Any) -> None:
    identifier = repository.read_id(repository.create(aws.settings, "scones"))
    status, said = call("GetRepository", repositoryName="scones")
    assert status == 200
    assert said["repositoryMetadata"]["repositoryId"] == identifier
    assert said["repositoryMetadata"]["defaultBranch"] == "main"
    assert call("ListRepositories")[1]["repositories"] == [{"repositoryName": "scones", "repositoryId": identifier}]
    assert call("DeleteRepository", repositoryName="scones")[1] == {"repositoryId": identifier}
    assert call("ListRepositories")[1]["repositories"] == []
    assert call("DeleteRepository", repositoryName="scones") == (200, {})


def test_what_is_not_there_has_codecommits_own_errors(aws: Aws, call: Any) -> None:
    repository.create(aws.settings, "scones")
    assert call("GetRepository", repositoryName="other")[1]["__type"] == "RepositoryDoesNotExistException"
    assert call("GetBranch", repositoryName="scones", branchName="main")[1]["__type"] == "BranchDoesNotExistException"
