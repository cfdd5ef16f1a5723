"""The one reader of archives: .tar.gz as a stream, .zip by its directory, both against limits, both without links.

An archive is hostile until it has been read to its end. `read_tar` and `read_zip` give its members one by one; `Folder`
writes those that the caller chooses, below one directory. Whatever is wrong with an archive is a BadArchive.

Python's tarfile is not used: its extraction filters let links lead outside before Python 3.11.13 and 3.12.11
(CVE-2025-4138, -4330, -4435 and -4517), and its parser takes long headers into memory. So any Python will do.
"""

from common.archives.folder import Folder, unpack
from common.archives.model import BadArchive, Limits, Member, Readable
from common.archives.tar import read_tar
from common.archives.zips import read_zip

__all__ = ["BadArchive", "Folder", "Limits", "Member", "Readable", "read_tar", "read_zip", "unpack"]
