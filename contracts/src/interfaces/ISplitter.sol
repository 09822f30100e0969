// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title ISplitter
/// @notice Receives the payments of one pair of work and operator, and hands them to the ledger alone.
interface ISplitter {
    /// @notice Sends money to the ledger.
    /// @dev Only the ledger.
    function sweep(uint256 amountAtomic) external;
}
