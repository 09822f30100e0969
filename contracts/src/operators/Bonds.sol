// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {Errors} from "../Errors.sol";
import {IBonds} from "../interfaces/IBonds.sol";

/// @title Bonds
/// @notice See {IBonds}.
/// @dev Invariant: the balance of money is the sum of all bonds, plus whatever strangers send it unasked.
abstract contract Bonds is IBonds {
    using SafeTransferLib for address;

    struct Bond {
        uint128 bondAtomic;
        uint64 unbondingSinceSeconds;
        /// @dev The moment at which it last stopped being active; zero if never.
        uint64 stoppedAtSeconds;
    }

    /// @inheritdoc IBonds
    uint64 public constant UNBONDING_DELAY = 14 days;

    /// @inheritdoc IBonds
    address public immutable money;

    /// @inheritdoc IBonds
    uint256 public immutable minimumBondAtomic;

    mapping(address operator => Bond) internal _bonds;

    constructor(address money_, uint256 minimumBondAtomic_) {
        if (money_ == address(0)) revert Errors.Operators_ZeroMoney();
        if (minimumBondAtomic_ == 0) revert Errors.Operators_ZeroMinimumBond();
        (money, minimumBondAtomic) = (money_, minimumBondAtomic_);
    }

    // ------------------------------------------------------------------ operators

    /// @inheritdoc IBonds
    function addBond(uint256 amountAtomic) external {
        _requireRegistered(msg.sender);
        if (amountAtomic == 0) revert Errors.Operators_ZeroAmount();
        Bond storage bond = _bonds[msg.sender];
        if (bond.unbondingSinceSeconds != 0) revert Errors.Operators_Unbonding(msg.sender, _freeAt(bond));
        _addBond(amountAtomic);
    }

    /// @inheritdoc IBonds
    function beginUnbonding() external {
        _requireRegistered(msg.sender);
        Bond storage bond = _bonds[msg.sender];
        if (bond.bondAtomic == 0) revert Errors.Operators_ZeroBond(msg.sender);
        if (bond.unbondingSinceSeconds != 0) revert Errors.Operators_Unbonding(msg.sender, _freeAt(bond));
        if (_isBonded(bond)) bond.stoppedAtSeconds = uint64(block.timestamp);
        bond.unbondingSinceSeconds = uint64(block.timestamp);
        emit UnbondingBegan(msg.sender, _freeAt(bond));
    }

    /// @inheritdoc IBonds
    function cancelUnbonding() external {
        _unbonding().unbondingSinceSeconds = 0;
        emit UnbondingCancelled(msg.sender);
    }

    /// @inheritdoc IBonds
    function withdrawBond(address to) external {
        if (to == address(0)) revert Errors.Operators_ZeroRecipient();
        Bond storage bond = _unbonding();
        uint64 freeAtSeconds = _freeAt(bond);
        if (block.timestamp < freeAtSeconds) {
            revert Errors.Operators_BondLocked(freeAtSeconds, block.timestamp);
        }
        uint256 amountAtomic = bond.bondAtomic;
        (bond.bondAtomic, bond.unbondingSinceSeconds) = (0, 0);
        emit BondChanged(msg.sender, 0);
        money.safeTransfer(to, amountAtomic);
    }

    // ------------------------------------------------------------------ internal

    /// @dev Reverts unless the account is a registered operator.
    function _requireRegistered(address operator) internal view virtual;

    function _addBond(uint256 amountAtomic) internal {
        Bond storage bond = _bonds[msg.sender];
        uint256 total = bond.bondAtomic + amountAtomic;
        if (total > type(uint128).max) revert Errors.Operators_BondTooLarge(total, type(uint128).max);
        bond.bondAtomic = uint128(total);
        emit BondChanged(msg.sender, total);
        money.safeTransferFrom(msg.sender, address(this), amountAtomic);
    }

    function _unbonding() private view returns (Bond storage bond) {
        bond = _bonds[msg.sender];
        if (bond.unbondingSinceSeconds == 0) revert Errors.Operators_NotUnbonding(msg.sender);
    }

    function _isBonded(Bond storage bond) internal view returns (bool) {
        return bond.unbondingSinceSeconds == 0 && bond.bondAtomic >= minimumBondAtomic;
    }

    function _freeAt(Bond storage bond) internal view returns (uint64) {
        return bond.unbondingSinceSeconds + UNBONDING_DELAY;
    }
}
