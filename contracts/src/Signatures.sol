// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "solady/utils/ECDSA.sol";
import {SignatureCheckerLib} from "solady/utils/SignatureCheckerLib.sol";

/// @title Signatures
/// @notice Checks signatures of plain, EIP-7702 and smart accounts alike.
library Signatures {
    /// @dev Half of secp256k1's order. Of the two signatures that each signature can be turned into, only the one with
    /// the lower s is taken, as the money does.
    uint256 private constant MAX_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    /// @notice Whether `signer` signed `digest`.
    /// @dev Recovers first and asks the account's code (ERC-1271) only then: an EIP-7702 account has code and yet
    /// signs with its own key.
    function isSignedBy(address signer, bytes32 digest, bytes calldata signature)
        internal
        view
        returns (bool)
    {
        if (signer == address(0)) return false;
        if (ECDSA.tryRecoverCalldata(digest, signature) == signer) {
            return signature.length == 64 || uint256(bytes32(signature[32:64])) <= MAX_S;
        }
        return SignatureCheckerLib.isValidERC1271SignatureNowCalldata(signer, digest, signature);
    }

    /// @notice As above, for a signature in memory.
    function isSignedByMemory(address signer, bytes32 digest, bytes memory signature)
        internal
        view
        returns (bool)
    {
        if (signer == address(0)) return false;
        if (ECDSA.tryRecover(digest, signature) == signer) {
            uint256 s;
            assembly ("memory-safe") {
                s := mload(add(signature, 0x40))
            }
            return signature.length == 64 || s <= MAX_S;
        }
        return SignatureCheckerLib.isValidERC1271SignatureNow(signer, digest, signature);
    }
}
