// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBatchSettlement, IDepositCollector} from "../src/settlement/IBatchSettlement.sol";
import {TestMoney} from "../src/TestMoney.sol";

/// @dev Says it brought the money.
contract LyingCollector is IDepositCollector {
    function collect(address, address, uint256, bytes32, bytes calldata) external {}
}

/// @dev Brings a unit more than it was asked for.
contract GenerousCollector is IDepositCollector {
    function collect(address, address token, uint256 amount, bytes32, bytes calldata) external {
        TestMoney(token).mint(msg.sender, amount + 1);
    }
}

/// @dev Calls the settlement back while it waits for the money.
contract ReenteringCollector is IDepositCollector {
    IBatchSettlement private immutable SETTLEMENT;

    constructor(IBatchSettlement settlement) {
        SETTLEMENT = settlement;
    }

    function collect(address, address, uint256, bytes32, bytes calldata data) external {
        (bool ok, bytes memory result) = address(SETTLEMENT).call(data);
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(result, 0x20), mload(result))
        }
    }
}
