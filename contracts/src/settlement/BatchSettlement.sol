// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {Errors} from "../Errors.sol";
import {Signatures} from "../Signatures.sol";
import {ChannelHashes} from "./ChannelHashes.sol";
import {IBatchSettlement, IDepositCollector} from "./IBatchSettlement.sol";

/// @title BatchSettlement
/// @notice See {IBatchSettlement}.
contract BatchSettlement is ChannelHashes {
    using SafeTransferLib for address;

    uint40 private constant MIN_WITHDRAW_DELAY = 900;
    uint40 private constant MAX_WITHDRAW_DELAY = 30 days;

    /// @inheritdoc IBatchSettlement
    mapping(bytes32 channelId => Channel) public channels;

    /// @inheritdoc IBatchSettlement
    mapping(bytes32 channelId => Withdrawal) public pendingWithdrawals;

    /// @inheritdoc IBatchSettlement
    mapping(bytes32 channelId => uint256) public refundNonce;

    /// @inheritdoc IBatchSettlement
    mapping(address receiver => mapping(address token => Receiver)) public receivers;

    bool private transient _entered;

    /// @dev Tokens and collectors are anyone's code, and {deposit} measures a balance around a call.
    modifier guarded() {
        if (_entered) revert Errors.BatchSettlement_Reentered();
        _entered = true;
        _;
        _entered = false;
    }

    // ------------------------------------------------------------------ payer

    /// @inheritdoc IBatchSettlement
    function deposit(
        ChannelConfig calldata config,
        uint128 amount,
        address collector,
        bytes calldata collectorData
    ) external guarded {
        _checkConfig(config);
        if (amount == 0) revert Errors.BatchSettlement_ZeroAmount();
        bytes32 channelId = getChannelId(config);
        channels[channelId].balance += amount;
        emit Deposited(channelId, config.payer, config.receiver, amount);

        uint256 before = config.token.balanceOf(address(this));
        IDepositCollector(collector).collect(config.payer, config.token, amount, channelId, collectorData);
        uint256 received = config.token.balanceOf(address(this)) - before;
        if (received != amount) revert Errors.BatchSettlement_WrongDeposit(received, amount);
    }

    /// @inheritdoc IBatchSettlement
    function initiateWithdraw(ChannelConfig calldata config, uint128 amount) external guarded {
        if (msg.sender != config.payer && msg.sender != config.payerAuthorizer) {
            revert Errors.BatchSettlement_NotAllowed(msg.sender);
        }
        if (amount == 0) revert Errors.BatchSettlement_ZeroAmount();
        bytes32 channelId = getChannelId(config);
        uint128 free = _freeOf(channelId);
        if (amount > free) revert Errors.BatchSettlement_AboveBalance(amount, free);
        pendingWithdrawals[channelId] = Withdrawal(amount, uint40(block.timestamp));
        emit WithdrawInitiated(channelId, amount, uint40(block.timestamp));
    }

    /// @inheritdoc IBatchSettlement
    function finalizeWithdraw(ChannelConfig calldata config) external guarded {
        bytes32 channelId = getChannelId(config);
        Withdrawal memory pending = pendingWithdrawals[channelId];
        if (pending.initiatedAt == 0) revert Errors.BatchSettlement_NoWithdrawal(channelId);
        uint256 finalAtSeconds = uint256(pending.initiatedAt) + config.withdrawDelay;
        if (block.timestamp < finalAtSeconds) {
            revert Errors.BatchSettlement_TooEarly(finalAtSeconds, block.timestamp);
        }
        delete pendingWithdrawals[channelId];
        uint128 free = _freeOf(channelId);
        uint128 amount = pending.amount < free ? pending.amount : free;
        channels[channelId].balance -= amount;
        emit WithdrawFinalized(channelId, amount);
        config.token.safeTransfer(config.payer, amount);
    }

    // ------------------------------------------------------------------ receiver

    /// @inheritdoc IBatchSettlement
    function claim(VoucherClaim[] calldata voucherClaims) external guarded {
        _claimAll(voucherClaims, new bytes32[](0), msg.sender);
    }

    /// @inheritdoc IBatchSettlement
    function claimWithSignature(VoucherClaim[] calldata voucherClaims, bytes calldata authorizerSignature)
        external
        guarded
    {
        if (voucherClaims.length == 0) revert Errors.BatchSettlement_EmptyBatch();
        address authorizer = voucherClaims[0].voucher.channel.receiverAuthorizer;
        bytes32[] memory ids = _channelIdsOf(voucherClaims);
        _checkSignature(authorizer, _claimBatchDigest(voucherClaims, ids), authorizerSignature);
        _claimAll(voucherClaims, ids, authorizer);
    }

    /// @inheritdoc IBatchSettlement
    function settle(address receiver, address token) external guarded {
        Receiver storage account = receivers[receiver][token];
        uint128 amount = account.totalClaimed - account.totalSettled;
        if (amount == 0) revert Errors.BatchSettlement_NothingToSettle(receiver, token);
        account.totalSettled += amount;
        emit Settled(receiver, token, msg.sender, amount);
        token.safeTransfer(receiver, amount);
    }

    /// @inheritdoc IBatchSettlement
    function refund(ChannelConfig calldata config, uint128 amount) external guarded {
        if (msg.sender != config.receiverAuthorizer) revert Errors.BatchSettlement_NotAllowed(msg.sender);
        _refund(config, getChannelId(config), amount);
    }

    /// @inheritdoc IBatchSettlement
    function refundWithSignature(
        ChannelConfig calldata config,
        uint128 amount,
        uint256 nonce,
        bytes calldata receiverAuthorizerSignature
    ) external guarded {
        bytes32 channelId = getChannelId(config);
        uint256 expected = refundNonce[channelId];
        if (nonce != expected) revert Errors.BatchSettlement_WrongNonce(nonce, expected);
        bytes32 digest = getRefundDigest(channelId, nonce, amount);
        _checkSignature(config.receiverAuthorizer, digest, receiverAuthorizerSignature);
        _refund(config, channelId, amount);
    }

    /// @inheritdoc IBatchSettlement
    function multicall(bytes[] calldata data) external returns (bytes[] memory results) {
        results = new bytes[](data.length);
        for (uint256 i; i < data.length; ++i) {
            (bool ok, bytes memory result) = address(this).delegatecall(data[i]);
            if (!ok) {
                assembly ("memory-safe") {
                    revert(add(result, 0x20), mload(result))
                }
            }
            results[i] = result;
        }
    }

    // ------------------------------------------------------------------ internal

    /// @dev What neighbours claim for the same receiver is counted together and written once. `ids` are the channels',
    /// or none, where nobody has hashed them yet.
    function _claimAll(VoucherClaim[] calldata voucherClaims, bytes32[] memory ids, address authorizer)
        private
    {
        (address receiver, address token, uint128 sum) = (address(0), address(0), 0);
        for (uint256 i; i < voucherClaims.length; ++i) {
            VoucherClaim calldata entry = voucherClaims[i];
            ChannelConfig calldata config = entry.voucher.channel;
            if (config.receiver != receiver || config.token != token) {
                _count(receiver, token, sum);
                (receiver, token, sum) = (config.receiver, config.token, 0);
            }
            sum += _claim(entry, ids.length == 0 ? getChannelId(config) : ids[i], authorizer);
        }
        _count(receiver, token, sum);
    }

    function _count(address receiver, address token, uint128 amount) private {
        if (amount != 0) receivers[receiver][token].totalClaimed += amount;
    }

    /// @dev Returns what the voucher adds.
    function _claim(VoucherClaim calldata entry, bytes32 channelId, address authorizer)
        private
        returns (uint128 added)
    {
        ChannelConfig calldata config = entry.voucher.channel;
        if (config.receiverAuthorizer != authorizer) {
            revert Errors.BatchSettlement_WrongAuthorizer(authorizer, config.receiverAuthorizer);
        }
        Channel storage channel = channels[channelId];
        (uint128 balance, uint128 before) = (channel.balance, channel.totalClaimed);
        // Already claimed: skipped, so that the rest of the batch stands.
        if (entry.totalClaimed <= before) return 0;
        _checkVoucher(entry, channelId, balance);
        channel.totalClaimed = entry.totalClaimed;
        added = entry.totalClaimed - before;
        emit Claimed(channelId, config.receiver, added, entry.totalClaimed);
    }

    function _checkVoucher(VoucherClaim calldata entry, bytes32 channelId, uint128 balance) private view {
        uint128 ceiling = entry.voucher.maxClaimableAmount;
        if (entry.totalClaimed > ceiling) {
            revert Errors.BatchSettlement_AboveVoucher(entry.totalClaimed, ceiling);
        }
        if (entry.totalClaimed > balance) {
            revert Errors.BatchSettlement_AboveBalance(entry.totalClaimed, balance);
        }
        ChannelConfig calldata config = entry.voucher.channel;
        address signer = config.payerAuthorizer == address(0) ? config.payer : config.payerAuthorizer;
        _checkSignature(signer, getVoucherDigest(channelId, ceiling), entry.signature);
    }

    /// @dev Raising the nonce voids signed refunds that were not used.
    function _refund(ChannelConfig calldata config, bytes32 channelId, uint128 amount) private {
        uint128 free = _freeOf(channelId);
        if (amount > free) amount = free;
        if (amount == 0) revert Errors.BatchSettlement_NothingToRefund(channelId);
        refundNonce[channelId] += 1;
        channels[channelId].balance -= amount;
        emit Refunded(channelId, amount);
        config.token.safeTransfer(config.payer, amount);
    }

    function _freeOf(bytes32 channelId) private view returns (uint128) {
        Channel memory channel = channels[channelId];
        return channel.balance - channel.totalClaimed;
    }

    function _checkSignature(address signer, bytes32 digest, bytes calldata signature) private view {
        if (!Signatures.isSignedBy(signer, digest, signature)) {
            revert Errors.BatchSettlement_BadSignature(signer);
        }
    }

    function _checkConfig(ChannelConfig calldata config) private pure {
        if (
            config.payer == address(0) || config.receiver == address(0)
                || config.receiverAuthorizer == address(0) || config.token == address(0)
        ) revert Errors.BatchSettlement_ZeroParty();
        uint40 delay = config.withdrawDelay;
        if (delay < MIN_WITHDRAW_DELAY || delay > MAX_WITHDRAW_DELAY) {
            revert Errors.BatchSettlement_BadWithdrawDelay(delay, MIN_WITHDRAW_DELAY, MAX_WITHDRAW_DELAY);
        }
    }
}
