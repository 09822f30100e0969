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
        try IMoney(money).permit(
            msg.sender, address(this), amountAtomic, permit.deadlineSeconds, permit.v, permit.r, permit.s
        ) {} catch {}
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
        (bool ok, bytes memory result) = money.call(abi.encodeCall(IMoney.transfer, (to, amountAtomic)));
        if (!ok || (result.length != 0 && (result.length < 32 || abi.decode(result, (uint256)) != 1))) {
            _credit(to, workId, amountAtomic);
        }
    }
}
