// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {IMoney} from "../interfaces/IMoney.sol";
import {Authorization, Permit} from "../Types.sol";
import {Credits} from "./Credits.sol";

/// @title Payments
/// @notice How money comes in (by allowance, by permit, by authorization) and goes out to a seller.
abstract contract Payments is Credits {
    using SafeTransferLib for address;

    /// @dev By an allowance that `from` gave the ledger.
    function _pull(address from, uint256 amountAtomic) internal {
        money.safeTransferFrom(from, address(this), amountAtomic);
    }

    /// @dev By the caller's permit of exactly this sum. Whoever sees it in the mempool can use it up, which leaves the
    /// very allowance that it was for; so its failure alone refuses nothing.
    function _pullWithPermit(uint256 amountAtomic, Permit calldata permit) internal {
        try IMoney(money)
            .permit(
                msg.sender, address(this), amountAtomic, permit.deadlineSeconds, permit.v, permit.r, permit.s
            ) {}
            catch {}
        _pull(msg.sender, amountAtomic);
    }

    /// @dev By an EIP-3009 authorization whose nonce commits to what is paid for. The money takes it from nobody but
    /// the payee, the ledger.
    function _pullWithAuthorization(Authorization calldata authorization, uint256 amountAtomic, bytes32 nonce)
        internal
    {
        IMoney(money)
            .receiveWithAuthorization(
                authorization.from,
                address(this),
                amountAtomic,
                authorization.validAfter,
                authorization.validBefore,
                nonce,
                authorization.signature
            );
    }

    /// @dev Pays a seller at once, or credits it if the money refuses.
    function _payOut(address to, uint256 workId, uint256 amountAtomic) internal {
        address token = money;
        bool isPaid;
        // As `transfer`, without reserving memory for an answer of any length.
        assembly ("memory-safe") {
            mstore(0x14, to)
            mstore(0x34, amountAtomic)
            mstore(0x00, 0xa9059cbb000000000000000000000000)
            let ok := call(gas(), token, 0, 0x10, 0x44, 0x00, 0x20)
            let answer := returndatasize()
            isPaid := and(ok, or(iszero(answer), and(gt(answer, 0x1f), eq(mload(0x00), 1))))
            mstore(0x34, 0)
        }
        if (!isPaid) _credit(to, workId, amountAtomic);
    }
}
