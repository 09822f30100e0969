// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {Errors} from "../Errors.sol";
import {ISplitter} from "../interfaces/ISplitter.sol";

/// @title Splitter
/// @notice See {ISplitter}. Deployed once; each pair's splitter is a minimal clone that delegates here.
contract Splitter is ISplitter {
    using SafeTransferLib for address;

    address private immutable WORKS;
    address private immutable MONEY;

    constructor(address works, address money) {
        (WORKS, MONEY) = (works, money);
    }

    /// @inheritdoc ISplitter
    function sweep(uint256 amountAtomic) external {
        if (msg.sender != WORKS) revert Errors.Splitter_NotWorks(msg.sender, WORKS);
        MONEY.safeTransfer(WORKS, amountAtomic);
    }
}
