// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {GasStage} from "./GasStage.sol";

/// @dev What the way of a chat's payment to its payees costs, from the splitter on.
/// forge-config: default.isolate = true
/// forge-config: tests.isolate = true
contract GasRoyaltiesTest is GasStage {
    function snapshotGroup() internal pure override returns (string memory) {
        return "royalties";
    }

    function pay(uint256 id, address operator) private {
        money.mint(works.splitterOf(id, operator), 1_000_001);
    }

    function test_collect() public {
        pay(workId, node);
        works.collect(workId, node);
        measured("collect, the first: deploys the splitter");
        pay(workId, node);
        works.collect(workId, node);
        measured("collect, later", 69_900);
        vm.prank(node);
        works.withdraw(node);
        measured("withdraw");
        for (uint256 round; round < 2; ++round) {
            pay(childId, node);
            works.collect(childId, node);
        }
        measured("collect, later, work with four parents");
    }

    function test_collect_in_tens() public {
        (uint256[] memory ids, address[] memory nodes) = (new uint256[](10), new address[](10));
        for (uint160 round; round < 2; ++round) {
            for (uint160 i; i < 10; ++i) {
                (ids[i], nodes[i]) = (workId, address(i + 1000));
                pay(workId, nodes[i]);
            }
            works.collectMany(ids, nodes);
        }
        uint256 each = vm.lastCallGas().gasTotalUsed / 10;
        keep("collect from ten operators, later, each", each);
        assertLe(each, 27_500);
    }

    function test_gather() public {
        uint256[] memory ids = new uint256[](1);
        ids[0] = workId;
        works.gather(ids);
        measured("gather, the first");
        resell(workId, 2, buyer);
        works.gather(ids);
        measured("gather, later");
    }
}
