// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "./Errors.sol";
import {IAdmissions} from "./interfaces/IAdmissions.sol";
import {IEditions} from "./interfaces/IEditions.sol";
import {IGate} from "./interfaces/IGate.sol";
import {IOperators} from "./interfaces/IOperators.sol";

/// @title Gate
/// @notice See {IGate}.
contract Gate is IGate {
    /// @inheritdoc IGate
    address public immutable works;

    /// @inheritdoc IGate
    address public immutable operators;

    /// @inheritdoc IGate
    address public immutable admissions;

    constructor(address works_, address operators_, address admissions_) {
        if (works_ == address(0)) revert Errors.Gate_ZeroWorks();
        if (operators_ == address(0)) revert Errors.Gate_ZeroOperators();
        if (admissions_ == address(0)) revert Errors.Gate_ZeroAdmissions();
        (works, operators, admissions) = (works_, operators_, admissions_);
    }

    /// @inheritdoc IGate
    function canDecrypt(address holder, bytes32 sessionKey, uint256 workId, uint256 chainId)
        external
        view
        returns (bool)
    {
        if (chainId != block.chainid || holder == address(0)) return false;
        (address creator, uint256 editions, uint256 copies) = IEditions(works).standing(workId, holder);
        if (creator == holder || copies != 0) return true;
        if (editions == 0 || sessionKey == 0) return false;
        address operator = IOperators(operators).activeOperatorOf(sessionKey);
        return operator != address(0) && IAdmissions(admissions).admits(workId, operator);
    }
}
