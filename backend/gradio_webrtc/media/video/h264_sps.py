"""The size of the picture in an H.264 sequence parameter set (ITU-T H.264, 7.3.2.1.1)."""

from __future__ import annotations

_CHROMA_PROFILES = frozenset({44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244})
"""The values of profile_idc with which the chroma format is written down."""
_MAX_REF_FRAMES_IN_CYCLE = 255


class _BitReader:
    """Bits, most significant first, and Exp-Golomb codes (9.1)."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def bits(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("A sequence parameter set is cut short.")
        return self._value >> self._left & (1 << count) - 1

    def unsigned(self) -> int:
        zeros = 0
        while not self.bits(1):
            zeros += 1
            if zeros > 32:
                raise ValueError("A sequence parameter set is damaged.")
        return (1 << zeros) - 1 + self.bits(zeros)

    def signed(self) -> int:
        code = self.unsigned()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def picture_size(sps: bytes) -> tuple[int, int]:
    """Return width and height in pixels as they are coded: whole macroblocks, before cropping.

    That is what a decoder makes room for, and at most 15 pixels a side more than what is shown.

    Args:
        sps: the unit's payload behind its one-byte header; bytes behind its end do not matter.

    Raises:
        ValueError: it is cut short or damaged.
    """
    # The third zero in a row is followed by a byte that prevents a start code (7.4.1.1).
    reader = _BitReader(sps.replace(b"\x00\x00\x03", b"\x00\x00"))
    profile = reader.bits(8)
    reader.bits(16)  # constraint flags, level
    reader.unsigned()  # id
    if profile in _CHROMA_PROFILES:
        _skip_chroma(reader)
    reader.unsigned()  # log2_max_frame_num
    _skip_order(reader)
    reader.unsigned()  # max_num_ref_frames
    reader.bits(1)
    width = reader.unsigned() + 1
    height = reader.unsigned() + 1
    fields = not reader.bits(1)  # frame_mbs_only_flag
    return width * 16, height * 16 * (2 if fields else 1)


def _skip_chroma(reader: _BitReader) -> None:
    chroma_format = reader.unsigned()
    if chroma_format == 3:
        reader.bits(1)
    reader.unsigned()  # bit_depth_luma
    reader.unsigned()  # bit_depth_chroma
    reader.bits(1)
    if reader.bits(1):  # seq_scaling_matrix_present_flag
        for number in range(12 if chroma_format == 3 else 8):
            if reader.bits(1):
                _skip_scaling_list(reader, 16 if number < 6 else 64)


def _skip_scaling_list(reader: _BitReader, size: int) -> None:
    last = scale = 8
    for _ in range(size):
        if scale:
            scale = (last + reader.signed()) % 256
        last = scale or last


def _skip_order(reader: _BitReader) -> None:
    kind = reader.unsigned()  # pic_order_cnt_type
    if kind == 0:
        reader.unsigned()
    elif kind == 1:
        reader.bits(1)
        reader.signed()
        reader.signed()
        count = reader.unsigned()
        if count > _MAX_REF_FRAMES_IN_CYCLE:
            raise ValueError("A sequence parameter set is damaged.")
        for _ in range(count):
            reader.signed()
