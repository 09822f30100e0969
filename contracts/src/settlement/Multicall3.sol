// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "../Errors.sol";

/// @title Multicall3
/// @notice The functions of the well-known Multicall3 that x402's packages and viem call, for chains that lack it.
contract Multicall3 {
    struct Call {
        address target;
        bytes callData;
    }

    struct Call3 {
        address target;
        bool allowFailure;
        bytes callData;
    }

    struct Result {
        bool success;
        bytes returnData;
    }

    /// @notice Calls each in turn; all must succeed if `requireSuccess`.
    function tryAggregate(bool requireSuccess, Call[] calldata calls)
        external
        payable
        returns (Result[] memory returnData)
    {
        returnData = new Result[](calls.length);
        for (uint256 i; i < calls.length; ++i) {
            returnData[i] = _call(calls[i].target, calls[i].callData, !requireSuccess, i);
        }
    }

    /// @notice Calls each in turn; those must succeed that do not allow failure.
    function aggregate3(Call3[] calldata calls) external payable returns (Result[] memory returnData) {
        returnData = new Result[](calls.length);
        for (uint256 i; i < calls.length; ++i) {
            returnData[i] = _call(calls[i].target, calls[i].callData, calls[i].allowFailure, i);
        }
    }

    /// @notice The block that the call is made in.
    function getBlockNumber() external view returns (uint256) {
        return block.number;
    }

    /// @notice That block's time.
    function getCurrentBlockTimestamp() external view returns (uint256) {
        return block.timestamp;
    }

    /// @notice An account's balance of the chain's own coin.
    function getEthBalance(address account) external view returns (uint256) {
        return account.balance;
    }

    function _call(address target, bytes calldata callData, bool allowFailure, uint256 index)
        private
        returns (Result memory result)
    {
        (result.success, result.returnData) = target.call(callData);
        if (!result.success && !allowFailure) revert Errors.Multicall3_CallFailed(index, result.returnData);
    }
}
