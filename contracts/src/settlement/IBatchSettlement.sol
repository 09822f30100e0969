// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title IBatchSettlement
/// @notice One-way payment channels with cumulative vouchers: the interface of x402's `batch-settlement` scheme, as
/// its npm package (x402/evm 2.27.0) calls and signs it. On public chains the scheme's own contract stands at one
/// address; ours stands there where that is absent.
/// @dev Of a channel, `balance` is deposits less refunds and withdrawals, and `totalClaimed` the part of it that is
/// the receiver's. The rest is free.
interface IBatchSettlement {
    /// @param payer Who deposits and is refunded.
    /// @param payerAuthorizer Key that signs vouchers; zero if the payer does.
    /// @param receiver Who is paid.
    /// @param receiverAuthorizer Who may claim and refund.
    /// @param token The ERC-20.
    /// @param withdrawDelay Seconds between announcing and finalizing the payer's own withdrawal.
    /// @param salt Distinguishes channels of the same parties.
    struct ChannelConfig {
        address payer;
        address payerAuthorizer;
        address receiver;
        address receiverAuthorizer;
        address token;
        uint40 withdrawDelay;
        bytes32 salt;
    }

    struct Voucher {
        ChannelConfig channel;
        uint128 maxClaimableAmount;
    }

    /// @param totalClaimed What is claimed in all, up to the voucher's maximum.
    struct VoucherClaim {
        Voucher voucher;
        bytes signature;
        uint128 totalClaimed;
    }

    struct Channel {
        uint128 balance;
        uint128 totalClaimed;
    }

    struct Withdrawal {
        uint128 amount;
        uint40 initiatedAt;
    }

    struct Receiver {
        uint128 totalClaimed;
        uint128 totalSettled;
    }

    event Deposited(
        bytes32 indexed channelId, address indexed payer, address indexed receiver, uint128 amount
    );
    event Claimed(bytes32 indexed channelId, address indexed receiver, uint128 amount, uint128 totalClaimed);
    event Settled(address indexed receiver, address indexed token, address indexed sender, uint128 amount);
    event Refunded(bytes32 indexed channelId, uint128 amount);
    event WithdrawInitiated(bytes32 indexed channelId, uint128 amount, uint40 initiatedAt);
    event WithdrawFinalized(bytes32 indexed channelId, uint128 amount);

    /// @notice Adds to a channel. Opens it if need be.
    /// @param collector Brings the payer's money; see {IDepositCollector}. It is trusted with nothing: what counts is
    /// what arrives.
    function deposit(
        ChannelConfig calldata config,
        uint128 amount,
        address collector,
        bytes calldata collectorData
    ) external;

    /// @notice Claims by vouchers. Only the channels' receiver authorizer. Vouchers that add nothing are skipped.
    function claim(VoucherClaim[] calldata voucherClaims) external;

    /// @notice Claims by vouchers with the receiver authorizer's signature over the batch. Anyone may send it.
    function claimWithSignature(VoucherClaim[] calldata voucherClaims, bytes calldata authorizerSignature)
        external;

    /// @notice Sends a receiver what was claimed for it. Anyone may.
    function settle(address receiver, address token) external;

    /// @notice Announces the payer's own withdrawal, by payer or payer authorizer.
    function initiateWithdraw(ChannelConfig calldata config, uint128 amount) external;

    /// @notice Pays an announced withdrawal after the channel's delay, or what claims have left of it. Anyone may.
    function finalizeWithdraw(ChannelConfig calldata config) external;

    /// @notice Returns free money to the payer, up to `amount`. Only the receiver authorizer.
    function refund(ChannelConfig calldata config, uint128 amount) external;

    /// @notice The same with the receiver authorizer's signature. Anyone may send it.
    function refundWithSignature(
        ChannelConfig calldata config,
        uint128 amount,
        uint256 nonce,
        bytes calldata receiverAuthorizerSignature
    ) external;

    /// @notice Several calls in one transaction, as the same caller.
    function multicall(bytes[] calldata data) external returns (bytes[] memory results);

    /// @notice EIP-712 digest of a configuration, which names its channel.
    function getChannelId(ChannelConfig calldata config) external view returns (bytes32);

    /// @notice What a voucher's signer signs.
    function getVoucherDigest(bytes32 channelId, uint128 maxClaimableAmount) external view returns (bytes32);

    /// @notice What a refund's signer signs.
    function getRefundDigest(bytes32 channelId, uint256 nonce, uint128 amount) external view returns (bytes32);

    /// @notice What a batch's signer signs.
    function getClaimBatchDigest(VoucherClaim[] calldata voucherClaims) external view returns (bytes32);

    /// @notice EIP-712 type hash of a configuration.
    function CHANNEL_CONFIG_TYPEHASH() external view returns (bytes32);

    /// @notice A channel's money.
    function channels(bytes32 channelId) external view returns (uint128 balance, uint128 totalClaimed);

    /// @notice A channel's announced withdrawal.
    function pendingWithdrawals(bytes32 channelId) external view returns (uint128 amount, uint40 initiatedAt);

    /// @notice The nonce of a channel's next refund.
    function refundNonce(bytes32 channelId) external view returns (uint256);

    /// @notice What was ever claimed for and sent to a receiver.
    function receivers(address receiver, address token)
        external
        view
        returns (uint128 totalClaimed, uint128 totalSettled);
}

/// @title IDepositCollector
/// @notice Brings a payer's money to the settlement contract that calls it.
interface IDepositCollector {
    function collect(address payer, address token, uint256 amount, bytes32 channelId, bytes calldata data)
        external;
}
