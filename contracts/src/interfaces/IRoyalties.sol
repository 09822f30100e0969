// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title IRoyalties
/// @notice Payments for chats. Each pair of work and operator has an address of its own, known before anything is
/// deployed there; whatever money arrives is shared out by the work's terms. Anyone may trigger it.
interface IRoyalties {
    /// @notice A splitter's money was shared out: credited to the operator, accrued in the tills of work and parents.
    event Collected(
        uint256 indexed workId,
        address indexed operator,
        uint256 amountAtomic,
        uint256 creatorAtomic,
        uint256 parentsAtomic,
        uint256 operatorAtomic,
        uint256 protocolAtomic
    );

    /// @notice A parent's till had its share of what a child collected in the same transaction.
    event ParentPaid(uint256 indexed childId, uint256 indexed parentId, uint256 amountAtomic);

    /// @notice The code that every splitter delegates to.
    function splitterBody() external view returns (address);

    /// @notice Where chats with a work, served by an operator, are paid.
    function splitterOf(uint256 workId, address operator) external view returns (address);

    /// @notice Shares out what a splitter holds but for one resting unit, which keeps its balance word warm.
    /// @dev Reverts if there is no such work, or less than two units.
    function collect(uint256 workId, address operator) external returns (uint256 amountAtomic);

    /// @notice Collects pair by pair; skips those with nothing to collect.
    /// @return amountAtomic The sum.
    function collectMany(uint256[] calldata workIds, address[] calldata operators_)
        external
        returns (uint256 amountAtomic);
}
