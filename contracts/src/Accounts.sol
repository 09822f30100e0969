// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Accounts
/// @notice Tells people's accounts from contracts.
library Accounts {
    uint256 private constant DELEGATION_LENGTH = 23;
    bytes32 private constant DELEGATION_PREFIX = bytes32(hex"ef0100");

    /// @notice Whether an account has no code, or only the delegation of EIP-7702: 0xef0100 and an address.
    /// @dev No contract can have such code: EIP-3541 forbids deploying anything that begins with 0xef.
    function isPlainOrDelegated(address account) internal view returns (bool) {
        uint256 length = account.code.length;
        if (length == 0) return true;
        if (length != DELEGATION_LENGTH) return false;
        bytes32 head;
        assembly ("memory-safe") {
            extcodecopy(account, 0x00, 0x00, 0x03)
            head := shl(232, shr(232, mload(0x00)))
        }
        return head == DELEGATION_PREFIX;
    }
}
