// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IKeyNetwork} from "../src/interfaces/IKeyNetwork.sol";
import {KeyNode} from "../src/Types.sol";
import {GasStage} from "./GasStage.sol";

/// @dev What the privileged acts cost, each of which is announced first.
/// forge-config: default.isolate = true
/// forge-config: tests.isolate = true
contract GasGovernanceTest is GasStage {
    function snapshotGroup() internal pure override returns (string memory) {
        return "governance";
    }

    function test_fee() public {
        vm.startPrank(governor);
        policy.announceFee(100);
        measured("announce a fee");
        policy.withdrawFee();
        measured("withdraw a fee");
        policy.announceFee(100);
        vm.stopPrank();
        vm.warp(timeNow() + policy.NOTICE_SECONDS());
        uint256[] memory ids = new uint256[](1);
        ids[0] = workId;
        works.adoptFee(ids);
        measured("adopt a fee for one work");
    }

    function test_marketplace() public {
        vm.startPrank(governor);
        policy.announceMarketplace(address(works));
        measured("announce a marketplace");
        policy.removeMarketplace(address(works));
        measured("remove a marketplace");
        vm.stopPrank();
    }

    function test_owner() public {
        vm.prank(governor);
        policy.offerOwnership(stranger);
        measured("offer ownership");
        vm.prank(stranger);
        policy.acceptOwnership();
        measured("accept ownership");
    }

    function test_key_network() public {
        IKeyNetwork network = deployKeyNetwork(governor, three(0), 2, new bytes(48));
        vm.startPrank(governor);
        network.announce(three(3), 2);
        measured("announce an epoch of three key nodes");
        vm.warp(timeNow() + network.ANNOUNCEMENT_DELAY());
        network.activate();
        measured("activate an epoch of three key nodes");
        network.announce(three(6), 2);
        network.withdrawAnnouncement();
        measured("withdraw an epoch of three key nodes");
        vm.stopPrank();
    }

    function three(uint160 from) private pure returns (KeyNode[] memory nodes) {
        nodes = new KeyNode[](3);
        for (uint160 i; i < 3; ++i) {
            uint160 number = from + i + 1;
            string memory endpoint = string.concat("https://key-", vm.toString(number), ".example");
            bytes memory key = abi.encodePacked(bytes32(uint256(number)), bytes16(uint128(number)));
            nodes[i] = KeyNode(endpoint, key, address(number), 0x7f000001, 7470 + uint32(number));
        }
    }
}
