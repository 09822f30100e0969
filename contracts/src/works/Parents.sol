// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "../Errors.sol";
import {IParents} from "../interfaces/IParents.sol";
import {Parent} from "../Types.sol";
import {Records} from "./Records.sol";

/// @title Parents
/// @notice See {IParents}.
/// @dev How many there are stands in the work's till, their shares in its ceilings, so that a royalty of a work without
/// parents reads no further word.
abstract contract Parents is IParents, Records {
    uint256 private constant SHARE_BITS = 16;

    /// @inheritdoc IParents
    uint256 public constant MAX_PARENTS = 4;

    /// @inheritdoc IParents
    uint16 public constant MAX_PARENTS_BPS = 5000;

    mapping(uint256 workId => mapping(uint256 index => uint256 parentId)) private _parentIds;

    /// @inheritdoc IParents
    mapping(uint256 childId => mapping(uint256 parentId => bool)) public isParentConfirmed;

    /// @inheritdoc IParents
    function confirmParent(uint256 childId, uint256 parentId) external {
        _requireCreator(parentId);
        if (!_isParent(childId, parentId, _tills[childId].parentCount())) {
            revert Errors.Works_NotParent(childId, parentId);
        }
        if (isParentConfirmed[childId][parentId]) revert Errors.Works_AlreadyConfirmed(childId, parentId);
        isParentConfirmed[childId][parentId] = true;
        emit ParentConfirmed(childId, parentId);
    }

    /// @inheritdoc IParents
    function parentsOf(uint256 workId) public view returns (Parent[] memory parents) {
        parents = new Parent[](_tills[workId].parentCount());
        uint64 shares = _ceilings[workId].parentShares;
        for (uint256 i; i < parents.length; ++i) {
            parents[i] = Parent(_parentIds[workId][i], uint16(shares >> (SHARE_BITS * i)));
        }
    }

    /// @dev Checks and stores a new work's parents; returns their shares, the first in the lowest bits.
    function _setParents(uint256 workId, Parent[] calldata parents) internal returns (uint64 shares) {
        if (parents.length > MAX_PARENTS) revert Errors.Works_TooManyParents(parents.length, MAX_PARENTS);
        uint256 sumBps;
        for (uint256 i; i < parents.length; ++i) {
            Parent calldata parent = parents[i];
            if (_origins[parent.workId].creator == address(0)) {
                revert Errors.Works_UnknownWork(parent.workId);
            }
            if (parent.shareBps == 0) revert Errors.Works_ZeroParentShare(parent.workId);
            if (_isParent(workId, parent.workId, i)) revert Errors.Works_DuplicateParent(parent.workId);
            sumBps += parent.shareBps;
            _parentIds[workId][i] = parent.workId;
            shares |= uint64(parent.shareBps) << uint64(SHARE_BITS * i);
        }
        if (sumBps > MAX_PARENTS_BPS) revert Errors.Works_ParentsShareTooHigh(sumBps, MAX_PARENTS_BPS);
    }

    function _isParent(uint256 childId, uint256 parentId, uint256 count) private view returns (bool) {
        for (uint256 i; i < count; ++i) {
            if (_parentIds[childId][i] == parentId) return true;
        }
        return false;
    }
}
