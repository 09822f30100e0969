// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title IMoney
/// @notice The parts of an ERC-20 with EIP-2612 and EIP-3009 (USDC's shape) that the ledger calls.
interface IMoney {
    /// @notice Balance of an account in atomic units.
    function balanceOf(address account) external view returns (uint256);

    /// @notice Moves the caller's money.
    function transfer(address to, uint256 amount) external returns (bool);

    /// @notice EIP-2612: sets an allowance by its owner's signature.
    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Moves money that its owner authorized by signature. Only the payee itself may call, so that nobody
    /// can spend an authorization outside the call that it was signed for.
    /// @param signature 65 bytes (r, s, v), or whatever a smart account's ERC-1271 check accepts.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;
}
