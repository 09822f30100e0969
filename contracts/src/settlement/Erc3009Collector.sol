// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {Errors} from "../Errors.sol";
import {IMoney} from "../interfaces/IMoney.sol";
import {IDepositCollector} from "./IBatchSettlement.sol";

/// @title Erc3009Collector
/// @notice Brings a deposit by the payer's EIP-3009 authorization. Its nonce commits to the channel, so that the
/// signature can fund that channel alone.
contract Erc3009Collector is IDepositCollector {
    using SafeTransferLib for address;

    /// @notice The only caller.
    address public immutable settlement;

    constructor(address settlement_) {
        settlement = settlement_;
    }

    /// @inheritdoc IDepositCollector
    /// @param data ABI encoding of (uint256 validAfter, uint256 validBefore, uint256 salt, bytes signature).
    function collect(address payer, address token, uint256 amount, bytes32 channelId, bytes calldata data)
        external
    {
        if (msg.sender != settlement) revert Errors.Collector_NotSettlement(msg.sender, settlement);
        (uint256 validAfter, uint256 validBefore, uint256 salt, bytes memory signature) =
            abi.decode(data, (uint256, uint256, uint256, bytes));
        bytes32 nonce = keccak256(abi.encode(channelId, salt));
        IMoney(token)
            .receiveWithAuthorization(payer, address(this), amount, validAfter, validBefore, nonce, signature);
        token.safeTransfer(settlement, amount);
    }
}
