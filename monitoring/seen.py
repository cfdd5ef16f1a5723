"""Which events were seen already, in memory that does not grow: a Bloom filter."""

from hashlib import blake2b

BITS = 1 << 26
HASHES = 7
"""With a million events, one in ten million is taken for a repetition; with 100,000 practically none."""


class Seen:
    """Remembers texts in 8 MiB."""

    def __init__(self) -> None:
        self._bits = bytearray(BITS // 8)

    def add(self, text: str) -> bool:
        """Remember a text; False when it was there before."""
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4 * HASHES).digest()
        new = False
        for start in range(0, len(digest), 4):
            place = int.from_bytes(digest[start : start + 4]) % BITS
            byte, bit = place >> 3, 1 << (place & 7)
            if not self._bits[byte] & bit:
                new = True
                self._bits[byte] |= bit
        return new
