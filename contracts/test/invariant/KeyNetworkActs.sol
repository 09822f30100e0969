// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IKeyNetwork} from "../../src/interfaces/IKeyNetwork.sol";
import {KeyNode} from "../../src/Types.sol";
import {PolicyActs} from "./PolicyActs.sol";

/// @dev The network's owner announces sets of key nodes; whoever likes activates them when they are due.
abstract contract KeyNetworkActs is PolicyActs {
    uint256 internal constant ANNOUNCEMENT_DELAY = 15 days;

    uint256 internal epoch = 1;
    bytes32 internal membersHash;
    uint256 internal thresholdOfEpoch;
    /// @dev Zero while nothing is announced.
    uint256 internal membersAnnouncedAt;
    bytes32 private _announcedHash;
    uint256 private _announcedThreshold;

    constructor() {
        membersHash = keccak256(abi.encode(keyNetwork.keyNodes()));
        thresholdOfEpoch = keyNetwork.threshold();
    }

    // ------------------------------------------------------------------ acts

    function announceMembers(uint256 count, uint256 threshold, uint256 who, uint256 first) external act {
        address caller = _owner(2, who);
        KeyNode[] memory members = _members(count % 4, first % 50);
        // Now and then the same node counts twice.
        bool isTwice = members.length > 1 && first % 8 == 0;
        if (isTwice) members[1] = members[0];
        threshold %= 4;
        bool legal = caller == ownerOf[2] && members.length != 0 && threshold != 0
            && threshold <= members.length && !isTwice;
        bytes memory data = abi.encodeCall(IKeyNetwork.announce, (members, threshold));
        _attempt(caller, address(keyNetwork), data, legal);
        if (!legal) return;
        (membersAnnouncedAt, _announcedThreshold) = (nowSeconds, threshold);
        _announcedHash = keccak256(abi.encode(members));
    }

    function withdrawMembers(uint256 who, uint256 chance) external act {
        if (chance % 3 != 0) return;
        address caller = _owner(2, who);
        bool legal = caller == ownerOf[2] && membersAnnouncedAt != 0;
        bytes memory data = abi.encodeCall(IKeyNetwork.withdrawAnnouncement, ());
        _attempt(caller, address(keyNetwork), data, legal);
        if (legal) membersAnnouncedAt = 0;
    }

    function activateMembers(uint256 who) external act {
        bool legal = membersAnnouncedAt != 0 && nowSeconds >= membersAnnouncedAt + ANNOUNCEMENT_DELAY;
        _attempt(_person(who), address(keyNetwork), abi.encodeCall(IKeyNetwork.activate, ()), legal);
        if (!legal) return;
        ++epoch;
        (membersHash, thresholdOfEpoch, membersAnnouncedAt) = (_announcedHash, _announcedThreshold, 0);
    }

    // ------------------------------------------------------------------ model

    function _members(uint256 count, uint256 first) private pure returns (KeyNode[] memory members) {
        members = new KeyNode[](count);
        for (uint256 i; i < count; ++i) {
            uint256 id = first + i + 1;
            members[i] = KeyNode({
                endpoint: string(abi.encodePacked("https://keeper.example/", bytes1(uint8(id)))),
                verificationKey: abi.encodePacked(bytes16(0), id),
                nodeAddress: address(uint160(id)),
                ip: uint32(id),
                port: 7470
            });
        }
    }
}
