// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @dev An account with listed code that makes planned calls from within its receiver hooks, as deep as they go.
contract ReenteringAccount {
    struct Attempt {
        address target;
        bytes data;
        bool made;
        bool ok;
        bytes result;
    }

    Attempt[] private _attempts;
    uint256 private _next;

    function plan(address target, bytes calldata data) external {
        _attempts.push(Attempt(target, data, false, false, ""));
    }

    function attempts() external view returns (Attempt[] memory) {
        return _attempts;
    }

    function call(address target, bytes calldata data) external {
        (bool ok, bytes memory result) = target.call(data);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(result, 0x20), mload(result))
            }
        }
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external returns (bytes4) {
        _attempt();
        return this.onERC1155Received.selector;
    }

    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata)
        external
        returns (bytes4)
    {
        _attempt();
        return this.onERC1155BatchReceived.selector;
    }

    /// @dev A call that brings another hook makes the rest of the plan from in there.
    function _attempt() private {
        while (_next < _attempts.length) {
            uint256 index = _next++;
            (bool ok, bytes memory result) = _attempts[index].target.call(_attempts[index].data);
            (_attempts[index].made, _attempts[index].ok, _attempts[index].result) = (true, ok, result);
        }
    }
}
