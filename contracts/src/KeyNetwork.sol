// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "./Errors.sol";
import {IKeyNetwork} from "./interfaces/IKeyNetwork.sol";
import {Owned} from "./Owned.sol";
import {KeyNode} from "./Types.sol";

/// @title KeyNetwork
/// @notice See {IKeyNetwork}.
contract KeyNetwork is IKeyNetwork, Owned {
    uint256 private constant KEY_BYTES = 48;
    uint8 private constant ACTIVE = 0;

    /// @dev For so long into an epoch, from the third on, Lit's client asks for the one before.
    uint256 private constant LIT_GRACE_SECONDS = 45;
    uint256 private constant LIT_TIMEOUT_SECONDS = 60;

    /// @inheritdoc IKeyNetwork
    uint64 public constant ANNOUNCEMENT_DELAY = 15 days;

    /// @inheritdoc IKeyNetwork
    uint256 public constant MAX_NODES = 32;

    /// @inheritdoc IKeyNetwork
    bytes public networkKey;

    /// @inheritdoc IKeyNetwork
    uint256 public threshold;

    /// @inheritdoc IKeyNetwork
    uint256 public epoch;

    uint64 private _epochBeganAtSeconds;
    uint64 private _activatableAtSeconds;
    uint256 private _announcedThreshold;
    KeyNode[] private _nodes;
    KeyNode[] private _announcedNodes;

    constructor(address owner_, KeyNode[] memory nodes, uint256 threshold_, bytes memory networkKey_)
        Owned(owner_)
    {
        if (networkKey_.length != KEY_BYTES) {
            revert Errors.KeyNetwork_BadKeyLength(networkKey_.length, KEY_BYTES);
        }
        _check(nodes, threshold_);
        networkKey = networkKey_;
        _begin(nodes, threshold_);
    }

    /// @inheritdoc IKeyNetwork
    function announce(KeyNode[] calldata nodes, uint256 threshold_) external onlyOwner {
        _check(nodes, threshold_);
        _replace(_announcedNodes, nodes);
        _announcedThreshold = threshold_;
        _activatableAtSeconds = uint64(block.timestamp) + ANNOUNCEMENT_DELAY;
        emit Announced(nodes, threshold_, _activatableAtSeconds);
    }

    /// @inheritdoc IKeyNetwork
    function withdrawAnnouncement() external onlyOwner {
        if (_activatableAtSeconds == 0) revert Errors.KeyNetwork_NothingAnnounced();
        _forget();
        emit AnnouncementWithdrawn();
    }

    /// @inheritdoc IKeyNetwork
    function activate() external {
        uint64 activatableAtSeconds = _activatableAtSeconds;
        if (activatableAtSeconds == 0) revert Errors.KeyNetwork_NothingAnnounced();
        if (block.timestamp < activatableAtSeconds) {
            revert Errors.KeyNetwork_TooEarly(activatableAtSeconds, block.timestamp);
        }
        KeyNode[] memory nodes = _announcedNodes;
        uint256 threshold_ = _announcedThreshold;
        _forget();
        _begin(nodes, threshold_);
    }

    /// @inheritdoc IKeyNetwork
    function keyNodes() external view returns (KeyNode[] memory) {
        return _nodes;
    }

    /// @inheritdoc IKeyNetwork
    function announcement() external view returns (KeyNode[] memory, uint256, uint64) {
        return (_announcedNodes, _announcedThreshold, _activatableAtSeconds);
    }

    /// @inheritdoc IKeyNetwork
    function getActiveUnkickedValidatorStructsAndCounts()
        external
        view
        returns (LitEpoch memory, uint256, LitValidator[] memory validators)
    {
        uint256 count = _nodes.length;
        validators = new LitValidator[](count);
        for (uint256 i; i < count; ++i) {
            KeyNode storage node = _nodes[i];
            (validators[i].ip, validators[i].port) = (node.ip, node.port);
            validators[i].nodeAddress = node.nodeAddress;
        }
        return (_litEpoch(), threshold, validators);
    }

    /// @dev Lit's client takes `endTime - epochLength` for the beginning; we show it past the client's grace.
    function _litEpoch() private view returns (LitEpoch memory) {
        return LitEpoch({
            epochLength: ANNOUNCEMENT_DELAY,
            number: epoch,
            endTime: uint256(_epochBeganAtSeconds) + ANNOUNCEMENT_DELAY - LIT_GRACE_SECONDS,
            retries: 0,
            timeout: LIT_TIMEOUT_SECONDS
        });
    }

    function _forget() private {
        delete _announcedNodes;
        delete _announcedThreshold;
        delete _activatableAtSeconds;
    }

    function _begin(KeyNode[] memory nodes, uint256 threshold_) private {
        _replace(_nodes, nodes);
        threshold = threshold_;
        epoch += 1;
        _epochBeganAtSeconds = uint64(block.timestamp);
        emit StateChanged(ACTIVE);
    }

    function _replace(KeyNode[] storage target, KeyNode[] memory nodes) private {
        while (target.length != 0) target.pop();
        for (uint256 i; i < nodes.length; ++i) {
            target.push(nodes[i]);
        }
    }

    function _check(KeyNode[] memory nodes, uint256 threshold_) private pure {
        if (nodes.length == 0 || nodes.length > MAX_NODES) {
            revert Errors.KeyNetwork_BadNodeCount(nodes.length, MAX_NODES);
        }
        if (threshold_ == 0 || threshold_ > nodes.length) {
            revert Errors.KeyNetwork_BadThreshold(threshold_, nodes.length);
        }
        for (uint256 i; i < nodes.length; ++i) {
            KeyNode memory node = nodes[i];
            if (node.verificationKey.length != KEY_BYTES) {
                revert Errors.KeyNetwork_BadKeyLength(node.verificationKey.length, KEY_BYTES);
            }
            if (node.nodeAddress == address(0) || node.ip == 0 || node.port == 0 || node.port > 0xffff) {
                revert Errors.KeyNetwork_IncompleteNode(i);
            }
            for (uint256 j; j < i; ++j) {
                if (_same(nodes[j], node)) revert Errors.KeyNetwork_DuplicateNode(i);
            }
        }
    }

    /// @dev Two rows that share an address, a key or an endpoint are one node that would count twice.
    function _same(KeyNode memory a, KeyNode memory b) private pure returns (bool) {
        return a.nodeAddress == b.nodeAddress || keccak256(a.verificationKey) == keccak256(b.verificationKey)
            || keccak256(bytes(a.endpoint)) == keccak256(bytes(b.endpoint));
    }
}
