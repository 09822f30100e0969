// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "./Errors.sol";
import {IGate} from "./interfaces/IGate.sol";
import {IOperators} from "./interfaces/IOperators.sol";
import {Works} from "./Works.sol";

/// @title Gate
/// @notice See {IGate}.
contract Gate is IGate {
    /// @inheritdoc IGate
    address public immutable works;

    /// @inheritdoc IGate
    address public immutable operators;

    constructor(address works_, address operators_) {
        if (works_ == address(0)) revert Errors.Gate_ZeroWorks();
        if (operators_ == address(0)) revert Errors.Gate_ZeroOperators();
        (works, operators) = (works_, operators_);
    }

    /// @inheritdoc IGate
    function canDecrypt(address holder, bytes32 sessionKey, uint256 workId, uint256 chainId)
        external
        view
        returns (bool)
    {
        if (chainId != block.chainid || holder == address(0)) return false;
        Works ledger = Works(works);
        if (ledger.creatorOf(workId) == holder) return true;
        if (ledger.openedCopies(workId, holder) != 0) return true;
        if (sessionKey == 0 || ledger.balanceOf(holder, workId) == 0) return false;
        address operator = IOperators(operators).operatorOf(sessionKey);
        return IOperators(operators).isActive(operator) && ledger.admits(workId, operator);
    }
}
