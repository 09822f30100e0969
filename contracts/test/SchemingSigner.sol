// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @dev An account that makes a planned call while it is asked for its signature, and says yes if that went through.
contract SchemingSigner {
    address private _target;
    bytes private _data;

    function plan(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    function isValidSignature(bytes32, bytes calldata) external returns (bytes4) {
        (bool ok,) = _target.call(_data);
        return ok ? this.isValidSignature.selector : bytes4(0);
    }
}
