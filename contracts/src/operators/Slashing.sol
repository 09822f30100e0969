// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {Errors} from "../Errors.sol";
import {ISlashing} from "../interfaces/ISlashing.sol";
import {Owned} from "../Owned.sol";
import {Slash} from "../Types.sol";
import {Bonds} from "./Bonds.sol";

/// @title Slashing
/// @notice See {ISlashing}.
abstract contract Slashing is Bonds, Owned, ISlashing {
    using SafeTransferLib for address;

    uint256 private constant BPS = 10_000;

    /// @inheritdoc ISlashing
    uint256 public constant MAX_SLASH_BPS = 2500;

    /// @inheritdoc ISlashing
    uint40 public constant SLASH_NOTICE = 5 days;

    /// @inheritdoc ISlashing
    uint40 public constant SLASH_ANSWER = 3 days;

    /// @inheritdoc ISlashing
    uint40 public constant SLASH_WINDOW = 5 days;

    /// @inheritdoc ISlashing
    uint64 public constant SLASH_PERIOD = 30 days;

    /// @inheritdoc ISlashing
    address public immutable slashedTo;

    mapping(address operator => Slash) private _slashes;

    /// @inheritdoc ISlashing
    mapping(address operator => uint64) public slashedAtSeconds;

    constructor(address owner_, address slashedTo_) Owned(owner_) {
        if (slashedTo_ == address(0)) revert Errors.Operators_ZeroSlashedTo();
        if (slashedTo_ == owner_) revert Errors.Operators_OwnerIsSlashedTo(owner_);
        slashedTo = slashedTo_;
    }

    // ------------------------------------------------------------------ owner

    /// @inheritdoc ISlashing
    function announceSlash(address operator, uint128 amountAtomic, string calldata reason)
        external
        onlyOwner
    {
        if (amountAtomic == 0) revert Errors.Operators_ZeroAmount();
        uint256 ceilingAtomic = _slashCeiling(operator);
        if (amountAtomic > ceilingAtomic) revert Errors.Operators_SlashTooLarge(amountAtomic, ceilingAtomic);
        uint64 earliestSeconds = slashedAtSeconds[operator] + SLASH_PERIOD;
        if (slashedAtSeconds[operator] != 0 && block.timestamp < earliestSeconds) {
            revert Errors.Operators_SlashTooSoon(earliestSeconds, block.timestamp);
        }
        Slash storage pending = _slashes[operator];
        if (block.timestamp < pending.lapsesAtSeconds) {
            revert Errors.Operators_SlashPending(operator, pending.lapsesAtSeconds);
        }
        uint40 dueAtSeconds = uint40(block.timestamp) + SLASH_NOTICE;
        _slashes[operator] = Slash(amountAtomic, dueAtSeconds, dueAtSeconds + SLASH_WINDOW, false);
        emit SlashAnnounced(operator, amountAtomic, reason, dueAtSeconds);
    }

    /// @inheritdoc ISlashing
    function withdrawSlash(address operator) external onlyOwner {
        _pending(operator);
        delete _slashes[operator];
        emit SlashWithdrawn(operator);
    }

    /// @inheritdoc ISlashing
    function executeSlash(address operator) external onlyOwner {
        Slash storage pending = _pending(operator);
        if (block.timestamp < pending.dueAtSeconds) {
            revert Errors.Operators_SlashTooEarly(pending.dueAtSeconds, block.timestamp);
        }
        uint256 ceilingAtomic = _slashCeiling(operator);
        uint256 amountAtomic = pending.amountAtomic < ceilingAtomic ? pending.amountAtomic : ceilingAtomic;
        if (amountAtomic == 0) revert Errors.Operators_ZeroBond(operator);
        delete _slashes[operator];
        slashedAtSeconds[operator] = uint64(block.timestamp);
        Bond storage bond = _bonds[operator];
        bool wasBonded = _isBonded(bond);
        bond.bondAtomic -= uint128(amountAtomic);
        if (wasBonded && !_isBonded(bond)) bond.stoppedAtSeconds = uint64(block.timestamp);
        emit Slashed(operator, amountAtomic);
        emit BondChanged(operator, bond.bondAtomic);
        money.safeTransfer(slashedTo, amountAtomic);
    }

    // ------------------------------------------------------------------ operator

    /// @inheritdoc ISlashing
    function answerSlash(string calldata answer) external {
        Slash storage pending = _pending(msg.sender);
        if (pending.isAnswered) revert Errors.Operators_AlreadyAnswered(msg.sender);
        pending.isAnswered = true;
        pending.dueAtSeconds += SLASH_ANSWER;
        pending.lapsesAtSeconds += SLASH_ANSWER;
        emit SlashAnswered(msg.sender, answer, pending.dueAtSeconds);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc ISlashing
    function slashOf(address operator) external view returns (Slash memory) {
        return _slashes[operator];
    }

    // ------------------------------------------------------------------ internal

    function _pending(address operator) private view returns (Slash storage pending) {
        pending = _slashes[operator];
        if (block.timestamp >= pending.lapsesAtSeconds) revert Errors.Operators_NoSlash(operator);
    }

    function _slashCeiling(address operator) private view returns (uint256) {
        return uint256(_bonds[operator].bondAtomic) * MAX_SLASH_BPS / BPS;
    }

    /// @dev Never to the one who slashes.
    function _checkOwner(address candidate) internal view override {
        super._checkOwner(candidate);
        if (candidate == slashedTo) revert Errors.Operators_OwnerIsSlashedTo(candidate);
    }
}
