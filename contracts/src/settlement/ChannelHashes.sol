// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EIP712} from "solady/utils/EIP712.sol";

import {IBatchSettlement} from "./IBatchSettlement.sol";

/// @title ChannelHashes
/// @notice The typed data of {IBatchSettlement}.
/// @dev solady's EIP712 notices that code runs at another address than where it was deployed, so that the hashes stay
/// right where the code is put into place by a genesis or a development chain.
abstract contract ChannelHashes is IBatchSettlement, EIP712 {
    /// @inheritdoc IBatchSettlement
    bytes32 public constant CHANNEL_CONFIG_TYPEHASH = keccak256(
        "ChannelConfig(address payer,address payerAuthorizer,address receiver,address receiverAuthorizer,address token,uint40 withdrawDelay,bytes32 salt)"
    );
    bytes32 private constant VOUCHER_TYPEHASH =
        keccak256("Voucher(bytes32 channelId,uint128 maxClaimableAmount)");
    bytes32 private constant REFUND_TYPEHASH =
        keccak256("Refund(bytes32 channelId,uint256 nonce,uint128 amount)");
    bytes32 private constant CLAIM_ENTRY_TYPEHASH =
        keccak256("ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)");
    bytes32 private constant CLAIM_BATCH_TYPEHASH = keccak256(
        "ClaimBatch(ClaimEntry[] claims)ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)"
    );

    /// @inheritdoc IBatchSettlement
    function getChannelId(ChannelConfig calldata config) public view returns (bytes32) {
        // A struct of value types is encoded as its members in turn.
        return _hashTypedData(keccak256(abi.encode(CHANNEL_CONFIG_TYPEHASH, config)));
    }

    /// @inheritdoc IBatchSettlement
    function getVoucherDigest(bytes32 channelId, uint128 maxClaimableAmount) public view returns (bytes32) {
        return _hashTypedData(keccak256(abi.encode(VOUCHER_TYPEHASH, channelId, maxClaimableAmount)));
    }

    /// @inheritdoc IBatchSettlement
    function getRefundDigest(bytes32 channelId, uint256 nonce, uint128 amount) public view returns (bytes32) {
        return _hashTypedData(keccak256(abi.encode(REFUND_TYPEHASH, channelId, nonce, amount)));
    }

    /// @inheritdoc IBatchSettlement
    function getClaimBatchDigest(VoucherClaim[] calldata voucherClaims) external view returns (bytes32) {
        return _claimBatchDigest(voucherClaims, _channelIdsOf(voucherClaims));
    }

    /// @dev Each channel's id is hashed once, whatever a batch needs it for.
    function _channelIdsOf(VoucherClaim[] calldata voucherClaims)
        internal
        view
        returns (bytes32[] memory ids)
    {
        ids = new bytes32[](voucherClaims.length);
        for (uint256 i; i < ids.length; ++i) {
            ids[i] = getChannelId(voucherClaims[i].voucher.channel);
        }
    }

    function _claimBatchDigest(VoucherClaim[] calldata voucherClaims, bytes32[] memory ids)
        internal
        view
        returns (bytes32)
    {
        bytes32[] memory entries = new bytes32[](ids.length);
        for (uint256 i; i < entries.length; ++i) {
            VoucherClaim calldata entry = voucherClaims[i];
            entries[i] = keccak256(
                abi.encode(CLAIM_ENTRY_TYPEHASH, ids[i], entry.voucher.maxClaimableAmount, entry.totalClaimed)
            );
        }
        bytes32 entriesHash = keccak256(abi.encodePacked(entries));
        return _hashTypedData(keccak256(abi.encode(CLAIM_BATCH_TYPEHASH, entriesHash)));
    }

    function _domainNameAndVersion() internal pure override returns (string memory, string memory) {
        return ("x402 Batch Settlement", "1");
    }
}
