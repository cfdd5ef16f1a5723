"""SageMaker images and their versions, which name an image of a registry: what pipelines' code looks images up by."""

from __future__ import annotations

from collections.abc import Iterator

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.operations import SAGEMAKER, Named
from localaws.records import tags
from localaws.refusals import members
from localaws.shapes import Document, project_as

IMAGE, VERSION = "image", "image-version"
_NAMED = Named("ImageName", IMAGE)
_DESCRIBED = "VendorGuidance JobType MLFramework ProgrammingLang Processor Horovod ReleaseNotes"
_IMAGES = listing.Order(
    {"IMAGE_NAME": "ImageName", "CREATION_TIME": "CreationTime", "LAST_MODIFIED_TIME": "LastModifiedTime"},
    by="CREATION_TIME",
)
_VERSIONS = listing.Order(
    {"VERSION": "Version", "CREATION_TIME": "CreationTime", "LAST_MODIFIED_TIME": "LastModifiedTime"},
    by="CREATION_TIME",
)
_ALIASES = listing.Order({"Alias": "Alias"}, by="Alias", direction="Ascending")


def _find_version(aws: Aws, request: Document) -> Iterator[str]:
    """The version that a request asks about."""
    if request.get("ImageName"):
        yield aws.arn(VERSION, f"{request['ImageName'].lower()}/{request.get('Version', '*')}")


@SAGEMAKER.operation(
    "CreateImage", on=(_NAMED,), members=members("ImageName", kept="DisplayName Description RoleArn Tags")
)
def create_image(aws: Aws, request: Document) -> Document:
    """Store an image, which has no version yet."""
    name = request["ImageName"].lower()
    with aws.store.transaction():
        if aws.store.get(IMAGE, name):
            raise errors.in_use(f"Image {aws.arn(IMAGE, name)} already exists.")
        times = {"CreationTime": now(), "LastModifiedTime": now()}
        document = {**request, "ImageArn": aws.arn(IMAGE, name), "ImageStatus": "CREATED", "LastVersion": 0, **times}
        aws.store.put(IMAGE, name, document)
        tags.tag_new(aws, document["ImageArn"], request)
    return document


@SAGEMAKER.operation("DescribeImage", on=(_NAMED,))
def describe_image(aws: Aws, request: Document) -> Document:
    """An image by its name."""
    document = aws.store.get(IMAGE, request["ImageName"].lower())
    if document is None:
        raise errors.not_found(f"No Image with the name {request['ImageName']} found.")
    return document


@SAGEMAKER.operation(
    "UpdateImage", on=(_NAMED,), members=members("ImageName DeleteProperties", kept="DisplayName Description RoleArn")
)
def update_image(aws: Aws, request: Document) -> Document:
    """Change what an image is described by."""
    with aws.store.transaction():
        document = describe_image(aws, request)
        document |= {name: request[name] for name in ("DisplayName", "Description", "RoleArn") if name in request}
        kept = {name: value for name, value in document.items() if name not in request.get("DeleteProperties", [])}
        aws.store.put(IMAGE, request["ImageName"].lower(), {**kept, "LastModifiedTime": now()})
    return kept


@SAGEMAKER.operation("DeleteImage", on=(_NAMED,))
def delete_image(aws: Aws, request: Document) -> Document:
    """Remove an image with all its versions; what lies in the registry stays."""
    with aws.store.transaction():
        document = describe_image(aws, request)
        for item in _list_versions(aws, document):
            aws.store.delete(VERSION, _key(document, item["Version"]))
        aws.store.delete(IMAGE, request["ImageName"].lower())
        tags.forget(aws, document["ImageArn"])
    return {}


@SAGEMAKER.operation("ListImages")
def list_images(aws: Aws, request: Document) -> Document:
    """Images, newest first."""
    chosen, more = listing.page(_ordered(request), aws.store.all(IMAGE), _IMAGES, "ImageName")
    return {"Images": [project_as("Image", item) for item in chosen], **more}


@SAGEMAKER.operation(
    "CreateImageVersion",
    on=(_NAMED,),
    members=members("ImageName BaseImage Aliases ClientToken", kept=_DESCRIBED),
)
def create_image_version(aws: Aws, request: Document) -> Document:
    """Give an image another version; the same client token again answers the same one.

    AWS copies the base image to a registry of its own; here the container image is the base image.
    """
    with aws.store.transaction():
        image = describe_image(aws, request)
        for item in _list_versions(aws, image):
            if item["ClientToken"] == request["ClientToken"]:
                return item
        number = image["LastVersion"] + 1
        document = {
            **{name: value for name, value in request.items() if name not in ("ImageName", "Aliases")},
            "ContainerImage": request["BaseImage"],
            "ImageArn": image["ImageArn"],
            "ImageVersionArn": aws.arn(VERSION, f"{image['ImageName'].lower()}/{number}"),
            "ImageVersionStatus": "CREATED",
            "Version": number,
            "CreationTime": now(),
            "LastModifiedTime": now(),
        }
        aws.store.update(IMAGE, image["ImageName"].lower(), LastVersion=number)
        aws.store.put(VERSION, _key(image, number), document)
        _set_aliases(aws, image, number, request.get("Aliases", []), [])
    return document


@SAGEMAKER.operation("DescribeImageVersion", on=(_find_version,))
def describe_image_version(aws: Aws, request: Document) -> Document:
    """A version by its number or an alias; without either the last one."""
    image = describe_image(aws, request)
    if "Version" in request and "Alias" in request:
        raise errors.validation("Give either Version or Alias, and not both.")
    for item in sorted(_list_versions(aws, image), key=lambda item: -item["Version"]):
        if request.get("Version", item["Version"]) == item["Version"] and (
            "Alias" not in request or request["Alias"] in item.get("Aliases", [])
        ):
            return item
    wanted = request.get("Version", request.get("Alias", "any number"))
    raise errors.not_found(f"The image {image['ImageName']} has no version {wanted}.")


@SAGEMAKER.operation(
    "UpdateImageVersion",
    on=(_find_version,),
    members=members("ImageName Version Alias AliasesToAdd AliasesToDelete", kept=_DESCRIBED),
)
def update_image_version(aws: Aws, request: Document) -> Document:
    """Change a version's aliases, and what it is described by."""
    with aws.store.transaction():
        image, version = describe_image(aws, request), describe_image_version(aws, request)
        changes = {name: request[name] for name in _DESCRIBED.split() if name in request}
        aws.store.update(VERSION, _key(image, version["Version"]), **changes, LastModifiedTime=now())
        added, removed = request.get("AliasesToAdd", []), request.get("AliasesToDelete", [])
        _set_aliases(aws, image, version["Version"], added, removed)
    return version


@SAGEMAKER.operation("DeleteImageVersion", on=(_find_version,))
def delete_image_version(aws: Aws, request: Document) -> Document:
    """Remove a version; its number is not given again."""
    with aws.store.transaction():
        if "Version" not in request and "Alias" not in request:
            raise errors.validation("Give the Version or an Alias of the version to delete.")
        version = describe_image_version(aws, request)
        aws.store.delete(VERSION, _key(describe_image(aws, request), version["Version"]))
    return {}


@SAGEMAKER.operation("ListImageVersions", on=(_NAMED,))
def list_image_versions(aws: Aws, request: Document) -> Document:
    """The versions of an image, newest first."""
    found = _list_versions(aws, describe_image(aws, request))
    chosen, more = listing.page(_ordered(request), found, _VERSIONS, "ImageVersionArn")
    return {"ImageVersions": [project_as("ImageVersion", item) for item in chosen], **more}


@SAGEMAKER.operation("ListAliases", on=(_NAMED, _find_version))
def list_aliases(aws: Aws, request: Document) -> Document:
    """The aliases of an image's versions, or of one of them."""
    found = [
        {"Alias": alias}
        for item in _list_versions(aws, describe_image(aws, request))
        if request.get("Version", item["Version"]) == item["Version"]
        for alias in item.get("Aliases", [])
        if request.get("Alias", alias) == alias
    ]
    chosen, more = listing.page(request, found, _ALIASES, "Alias")
    return {"SageMakerImageVersionAliases": [item["Alias"] for item in chosen], **more}


def _ordered(request: Document) -> Document:
    """A request whose order is written as other lists have it."""
    return {**request, **({"SortOrder": request["SortOrder"].title()} if "SortOrder" in request else {})}


def _key(image: Document, version: int) -> str:
    return f"{image['ImageName'].lower()}/{version:09}"


def _list_versions(aws: Aws, image: Document) -> list[Document]:
    return aws.store.all(VERSION, f"{image['ImageName'].lower()}/")


def _set_aliases(aws: Aws, image: Document, version: int, added: list[str], removed: list[str]) -> None:
    """An alias is of one version: given to another, the one before loses it."""
    for item in _list_versions(aws, image):
        before = item.get("Aliases", [])
        own = item["Version"] == version
        lost = removed if own else added
        after = [alias for alias in before if alias not in lost]
        after += [alias for alias in added if own and alias not in after]
        if after != before:
            aws.store.update(VERSION, _key(image, item["Version"]), Aliases=after)
