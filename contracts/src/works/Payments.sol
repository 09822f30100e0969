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
        address token = money;
        bytes4 selector = IMoney.permit.selector;
        // The permit's four words lie in the call as the money takes them: deadline, v, r, s.
        assembly ("memory-safe") {
            let start := mload(0x40)
            mstore(start, selector)
            mstore(add(start, 0x04), caller())
            mstore(add(start, 0x24), address())
            mstore(add(start, 0x44), amountAtomic)
            calldatacopy(add(start, 0x64), permit, 0x80)
            pop(call(gas(), token, 0, start, 0xe4, 0x00, 0x00))
        }
        _pull(msg.sender, amountAtomic);
    }

    /// @dev By an EIP-3009 authorization whose nonce commits to what is paid for. The money takes it from nobody but
    /// the payee, the ledger.
    function _pullWithAuthorization(Authorization calldata authorization, uint256 amountAtomic, bytes32 nonce)
        internal
    {
        address token = money;
        bytes4 selector = IMoney.receiveWithAuthorization.selector;
        bytes calldata signature = authorization.signature;
        // As the call itself, copied from where its words lie; what the money refuses with is passed on.
        assembly ("memory-safe") {
            let start := mload(0x40)
            mstore(start, selector)
            calldatacopy(add(start, 0x04), authorization, 0x20)
            mstore(add(start, 0x24), address())
            mstore(add(start, 0x44), amountAtomic)
            calldatacopy(add(start, 0x64), add(authorization, 0x20), 0x40)
            mstore(add(start, 0xa4), nonce)
            mstore(add(start, 0xc4), 0xe0)
            mstore(add(start, 0xe4), signature.length)
            calldatacopy(add(start, 0x104), signature.offset, signature.length)
            mstore(add(add(start, 0x104), signature.length), 0)
            let size := add(0x104, and(add(signature.length, 0x1f), not(0x1f)))
            if iszero(call(gas(), token, 0, start, size, 0x00, 0x00)) {
                returndatacopy(start, 0x00, returndatasize())
                revert(start, returndatasize())
            }
        }
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
