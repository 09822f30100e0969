// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {Errors} from "../Errors.sol";
import {ICredits} from "../interfaces/ICredits.sol";

/// @title Credits
/// @notice See {ICredits}.
/// @dev Invariant: the ledger's balance of money is the sum of all credits, plus whatever strangers send it unasked.
abstract contract Credits is ICredits {
    using SafeTransferLib for address;

    uint256 internal constant BPS = 10_000;

    /// @inheritdoc ICredits
    uint16 public constant MAX_PROTOCOL_FEE_BPS = 500;

    /// @inheritdoc ICredits
    address public immutable money;

    /// @inheritdoc ICredits
    address public immutable treasury;

    /// @inheritdoc ICredits
    uint16 public immutable protocolFeeBps;

    /// @inheritdoc ICredits
    mapping(address account => uint256 amountAtomic) public creditOf;

    constructor(address money_, address treasury_, uint16 protocolFeeBps_) {
        if (money_ == address(0)) revert Errors.Works_ZeroMoney();
        if (treasury_ == address(0)) revert Errors.Works_ZeroTreasury();
        if (protocolFeeBps_ > MAX_PROTOCOL_FEE_BPS) {
            revert Errors.Works_FeeTooHigh(protocolFeeBps_, MAX_PROTOCOL_FEE_BPS);
        }
        (money, treasury, protocolFeeBps) = (money_, treasury_, protocolFeeBps_);
    }

    /// @inheritdoc ICredits
    function withdraw(address to) external returns (uint256 amountAtomic) {
        if (to == address(0)) revert Errors.Works_ZeroRecipient();
        amountAtomic = creditOf[msg.sender];
        if (amountAtomic == 0) revert Errors.Works_NothingToWithdraw(msg.sender);
        creditOf[msg.sender] = 0;
        emit Withdrawn(msg.sender, to, amountAtomic);
        money.safeTransfer(to, amountAtomic);
    }

    /// @dev The protocol's share of a payment, rounded down.
    function _feeOn(uint256 amountAtomic) internal view returns (uint256) {
        return amountAtomic * protocolFeeBps / BPS;
    }

    /// @dev Credits an account with its share of a payment for a work.
    function _credit(address account, uint256 workId, uint256 amountAtomic) internal {
        if (amountAtomic == 0) return;
        creditOf[account] += amountAtomic;
        emit Credited(account, workId, amountAtomic);
    }
}
