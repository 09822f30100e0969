// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Parent} from "../Types.sol";

/// @title IParents
/// @notice The works that a work derives from, one level deep. Each has a share of the child creator's part of every
/// payment for a chat.
interface IParents {
    /// @notice The parent's creator confirmed that the child derives from it.
    event ParentConfirmed(uint256 indexed childId, uint256 indexed parentId);

    /// @notice The most parents that a work can name.
    function MAX_PARENTS() external view returns (uint256);

    /// @notice Cap of the parents' shares in sum.
    function MAX_PARENTS_BPS() external view returns (uint16);

    /// @notice Confirms that a child derives from the caller's work. Until then the relation is a claim. Shares are
    /// paid either way.
    /// @dev Only the parent's creator, once.
    function confirmParent(uint256 childId, uint256 parentId) external;

    /// @notice The parents that a work names.
    function parentsOf(uint256 workId) external view returns (Parent[] memory);

    /// @notice Whether the parent's creator confirmed the relation.
    function isParentConfirmed(uint256 childId, uint256 parentId) external view returns (bool);
}
