// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title IGate
/// @notice The access condition of every seal. What it reads can change; its code and its pointers never do.
interface IGate {
    /// @notice The ledger of works that it reads.
    function works() external view returns (address);

    /// @notice The registry of operators that it reads.
    function operators() external view returns (address);

    /// @notice The lists of admitted operators that it reads.
    function admissions() external view returns (address);

    /// @notice True exactly when the chain id is this chain's and `holder`
    /// - created the work; or
    /// - holds an opened copy of it; or
    /// - holds an edition of it, and `sessionKey` is the current key of an active operator that the work admits.
    /// So a holder alone cannot read a sealed work, and an operator alone reads nothing.
    /// @dev Total: never reverts, whatever its arguments.
    /// @param holder Who signed the grant.
    /// @param sessionKey Ed25519 key of the verified session; zero without one.
    /// @param workId The work whose content is asked for.
    /// @param chainId The chain that the condition was written for.
    function canDecrypt(address holder, bytes32 sessionKey, uint256 workId, uint256 chainId)
        external
        view
        returns (bool);
}
