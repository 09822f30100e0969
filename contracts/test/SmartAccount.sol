// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "solady/utils/ECDSA.sol";

/// @dev A smart account: ERC-1271 by its owner's key, ERC-1155 receiver, and calls whatever its owner wants.
contract SmartAccount {
    address public owner;

    function setOwner(address owner_) external {
        owner = owner_;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        return
            ECDSA.tryRecoverCalldata(digest, signature) == owner ? this.isValidSignature.selector : bytes4(0);
    }

    function call(address target, bytes calldata data) external {
        (bool ok, bytes memory result) = target.call(data);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(result, 0x20), mload(result))
            }
        }
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata)
        external
        pure
        returns (bytes4)
    {
        return this.onERC1155Received.selector;
    }

    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata)
        external
        pure
        returns (bytes4)
    {
        return this.onERC1155BatchReceived.selector;
    }
}

/// @dev A contract that would take editions, were it allowed to: not the account's code.
contract Wrapper is SmartAccount {
    function unwrap() external pure returns (uint256) {
        return 1;
    }
}
