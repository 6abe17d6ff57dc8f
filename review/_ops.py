"""The engine's operations (sdk/go/common/apitype/core.go) in the words of a review."""

from typing import Final

from review.model import Op

OPS: Final = {
    "create": Op.CREATE,
    "update": Op.UPDATE,
    "delete": Op.DELETE,
    "discard": Op.DELETE,
    "replace": Op.REPLACE,
    "create-replacement": Op.REPLACE,
    "delete-replaced": Op.REPLACE,
    "discard-replaced": Op.REPLACE,
    "remove-pending-replace": Op.REPLACE,
    "read-replacement": Op.REPLACE,
    "import-replacement": Op.REPLACE,
    "import": Op.IMPORT,
    "read": Op.READ,
    "same": Op.SAME,
}
"""What the engine's operations mean. A replacement is several of them."""

IGNORED: Final = frozenset({"refresh"})
"""Operations that change nothing: what they find shows in the others."""
