// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "../Errors.sol";
import {IMoney} from "../interfaces/IMoney.sol";
import {IDepositCollector} from "./IBatchSettlement.sol";
import {Permit2} from "./Permit2.sol";

/// @title Permit2Collector
/// @notice Brings a deposit by the payer's Permit2 signature, for tokens without EIP-3009. Its witness is the channel, so
/// that the signature can fund that channel alone.
contract Permit2Collector is IDepositCollector {
    bytes32 private constant WITNESS_TYPEHASH = keccak256("DepositWitness(bytes32 channelId)");
    string private constant WITNESS_TYPE_STRING =
        "DepositWitness witness)DepositWitness(bytes32 channelId)TokenPermissions(address token,uint256 amount)";

    /// @notice The only caller, and where the money goes.
    address public immutable settlement;

    /// @notice Whom payers allow their tokens.
    address public immutable permit2;

    constructor(address settlement_, address permit2_) {
        (settlement, permit2) = (settlement_, permit2_);
    }

    /// @inheritdoc IDepositCollector
    /// @param data ABI encoding of (uint256 nonce, uint256 deadline, bytes signature, bytes permit): the last is empty, or an
    /// EIP-2612 permit for Permit2, as (uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s).
    function collect(address payer, address token, uint256 amount, bytes32 channelId, bytes calldata data)
        external
    {
        if (msg.sender != settlement) revert Errors.Collector_NotSettlement(msg.sender, settlement);
        (uint256 nonce, uint256 deadline, bytes memory signature, bytes memory permit) =
            abi.decode(data, (uint256, uint256, bytes, bytes));
        if (permit.length != 0) _allow(payer, token, permit);
        Permit2(permit2)
            .permitWitnessTransferFrom(
                Permit2.PermitTransferFrom(Permit2.TokenPermissions(token, amount), nonce, deadline),
                Permit2.SignatureTransferDetails(settlement, amount),
                payer,
                keccak256(abi.encode(WITNESS_TYPEHASH, channelId)),
                WITNESS_TYPE_STRING,
                signature
            );
    }

    /// @dev Its failure alone refuses nothing.
    function _allow(address payer, address token, bytes memory permit) private {
        (uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) =
            abi.decode(permit, (uint256, uint256, uint8, bytes32, bytes32));
        try IMoney(token).permit(payer, permit2, value, deadline, v, r, s) {}
        catch {
            // Whoever sees a permit can use it up, which leaves the very allowance that it was for. The transfer that
            // follows decides: without an allowance it reverts.
        }
    }
}
