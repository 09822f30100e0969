// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "./Errors.sol";
import {IOwned} from "./interfaces/IOwned.sol";

/// @title Owned
/// @notice See {IOwned}.
abstract contract Owned is IOwned {
    /// @inheritdoc IOwned
    address public owner;

    /// @inheritdoc IOwned
    address public offeredOwner;

    modifier onlyOwner() {
        if (msg.sender != owner) revert Errors.Owned_NotOwner(msg.sender, owner);
        _;
    }

    constructor(address owner_) {
        _setOwner(owner_);
    }

    /// @inheritdoc IOwned
    function offerOwnership(address to) external onlyOwner {
        offeredOwner = to;
        emit OwnershipOffered(owner, to);
    }

    /// @inheritdoc IOwned
    function acceptOwnership() external {
        if (msg.sender != offeredOwner) revert Errors.Owned_NotOffered(msg.sender, offeredOwner);
        offeredOwner = address(0);
        _setOwner(msg.sender);
    }

    /// @dev Refuses an owner that a contract must never have.
    function _checkOwner(address candidate) internal view virtual {
        if (candidate == address(0)) revert Errors.Owned_ZeroOwner();
    }

    function _setOwner(address to) private {
        _checkOwner(to);
        emit OwnershipTaken(owner, to);
        owner = to;
    }
}
